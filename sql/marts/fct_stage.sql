-- Grain: one row per step of a customer's journey. Read by advisors in NEO and, later, by the company itself:
-- a verification is told in the same words whatever its cause.
-- Steps that carry no instant of their own (profile, verification, opportunity) keep the first one they were seen at.
-- Owner: neo-hub. Personal data: none.
{% set steps = ["received", "decided", "profile", "verification", "requested", "answered", "opportunity"] %}
{% set timeless = ["profile", "verification", "opportunity"] %}
with portal_customer as (
    select
        int_customer_xref.source_key as company_id,
        int_customer_xref.hub_id as customer_id
    from int_customer_xref
    where int_customer_xref.source = 'portal'
),

registration_customer as (
    select
        int_customer_xref.source_key as registration_id,
        int_customer_xref.hub_id as customer_id
    from int_customer_xref
    where int_customer_xref.source = 'portal_registration'
),

received as (
    select
        'registration|' || stg_portal__registrations.registration_id || '|received' as stage_id,
        registration_customer.customer_id,
        'registration_received' as code,
        'Registro recibido en el portal' as what_es,
        stg_portal__registrations.submitted_at as occurred_at,
        'empresa' as actor,
        'portal' as source,
        case stg_portal__registrations.origin
            when 'fair' then 'Llegó por una feria o rueda de negocios.'
            when 'referral' then 'Llegó referida.'
            when 'landing' then 'Llegó por una página de campaña.'
            when 'form' then 'Llegó por un formulario.'
            when 'organic' then 'Llegó por su cuenta.'
            when 'database' then 'Viene de una base de datos.'
            when 'programme' then 'Viene de un programa de formación.'
        end as detail_es
    from stg_portal__registrations
    inner join registration_customer
        on stg_portal__registrations.registration_id = registration_customer.registration_id
),

decided as (
    select
        'registration|' || fct_registration_decision.registration_id || '|' || fct_registration_decision.decision
            as stage_id,
        fct_registration_decision.customer_id,
        'registration_' || fct_registration_decision.decision as code,
        case fct_registration_decision.decision
            when 'accept' then 'Registro aceptado'
            when 'refuse' then 'Registro por conocer: un asesor llamará a la empresa'
            when 'correct' then 'Se pidió corregir un dato del registro'
            else 'Registro en verificación documental'
        end as what_es,
        fct_registration_decision.decided_at as occurred_at,
        'hub' as actor,
        'hub' as source,
        case
            when fct_registration_decision.advisor_name is not null
                then 'Asesor: ' || fct_registration_decision.advisor_name || '.'
        end as detail_es
    from fct_registration_decision
    where fct_registration_decision.customer_id is not null
),

profile as (
    select
        'profile|' || stg_portal__companies.company_id || '|' || stg_portal__companies.profile_status as stage_id,
        portal_customer.customer_id,
        'profile_' || stg_portal__companies.profile_status as code,
        case stg_portal__companies.profile_status
            when 'approved' then 'Perfil aprobado'
            when 'returned' then 'Perfil devuelto con observaciones'
            else 'Perfil por revisar'
        end as what_es,
        stg_portal__companies.updated_at as occurred_at,
        'equipo de emparejamiento' as actor,
        'portal' as source,
        null as detail_es
    from stg_portal__companies
    inner join portal_customer on stg_portal__companies.company_id = portal_customer.company_id
    where stg_portal__companies.profile_status is not null
),

verification as (
    select
        'verification|' || dim_sarlaft_state.customer_id
        || case when dim_sarlaft_state.state = 'habilitado' then '|done' else '|running' end as stage_id,
        dim_sarlaft_state.customer_id,
        case when dim_sarlaft_state.state = 'habilitado' then 'verification_done' else 'verification_running' end
            as code,
        case
            when dim_sarlaft_state.state = 'habilitado' then 'Verificación documental completada'
            else 'Verificación documental en curso'
        end as what_es,
        dim_sarlaft_state.since_at as occurred_at,
        'hub' as actor,
        'hub' as source,
        null as detail_es
    from dim_sarlaft_state
),

contact_side as (
    {% for side in ["exporter", "buyer"] %}
        select
            stg_portal__contact_requests.request_id,
            stg_portal__contact_requests.requested_at,
            stg_portal__contact_requests.answered_at,
            stg_portal__contact_requests.updated_at,
            stg_portal__contact_requests.status,
            stg_portal__contact_requests.{{ side }}_company_id as company_id,
            '{{ side }}' as side
        from stg_portal__contact_requests
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

requested as (
    select
        'contact|' || contact_side.request_id || '|' || contact_side.side || '|requested' as stage_id,
        portal_customer.customer_id,
        'contact_requested' as code,
        case contact_side.side
            when 'exporter' then 'Un comprador pidió contactarle'
            else 'Pidió contactar a un exportador'
        end as what_es,
        contact_side.requested_at as occurred_at,
        'comprador' as actor,
        'portal' as source,
        'La respuesta se espera en 24 horas.' as detail_es
    from contact_side
    inner join portal_customer on contact_side.company_id = portal_customer.company_id
),

answered as (
    select
        'contact|' || contact_side.request_id || '|' || contact_side.side || '|' || contact_side.status as stage_id,
        portal_customer.customer_id,
        'contact_' || contact_side.status as code,
        case contact_side.status
            when 'answered' then 'El exportador respondió la solicitud de contacto'
            else 'La solicitud de contacto quedó sin respuesta'
        end as what_es,
        coalesce(contact_side.answered_at, contact_side.updated_at) as occurred_at,
        case contact_side.status when 'answered' then 'exportador' else 'portal' end as actor,
        'portal' as source,
        null as detail_es
    from contact_side
    inner join portal_customer on contact_side.company_id = portal_customer.company_id
    where contact_side.status in ('answered', 'expired')
),

opportunity_side as (
    {% for side in ["exporter", "buyer"] %}
        select
            stg_portal__opportunities.opportunity_id,
            stg_portal__opportunities.stage,
            stg_portal__opportunities.updated_at,
            stg_portal__opportunities.{{ side }}_company_id as company_id,
            '{{ side }}' as side
        from stg_portal__opportunities
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

opportunity as (
    select
        'opportunity|' || opportunity_side.opportunity_id || '|' || opportunity_side.side
        || '|' || opportunity_side.stage as stage_id,
        portal_customer.customer_id,
        'opportunity_' || opportunity_side.stage as code,
        case opportunity_side.stage
            when 'contacto' then 'Oportunidad: primer contacto'
            when 'evaluacion' then 'Oportunidad: en evaluación'
            when 'muestras' then 'Oportunidad: muestras'
            when 'terminos' then 'Oportunidad: términos del negocio'
            when 'cierre' then 'Oportunidad: negocio cerrado'
            when 'recepcion' then 'Oportunidad: mercancía recibida'
            else 'Oportunidad perdida'
        end as what_es,
        opportunity_side.updated_at as occurred_at,
        'empresas' as actor,
        'portal' as source,
        null as detail_es
    from opportunity_side
    inner join portal_customer on opportunity_side.company_id = portal_customer.company_id
    where opportunity_side.stage is not null
),

present as (
    {% for step in steps %}
        select
            {{ step }}.stage_id,
            {{ step }}.customer_id,
            {{ step }}.code,
            {{ step }}.what_es,
            {{ step }}.occurred_at,
            {{ step }}.actor,
            {{ step }}.source,
            {{ step }}.detail_es,
            {{ (step in timeless) | lower }} as is_timeless
        from {{ step }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

-- A step that is over leaves no trace in its source (a profile that was pending): what we saw then stays told.
past as (
    select
        earlier.stage_id,
        earlier.customer_id,
        earlier.code,
        earlier.what_es,
        earlier.occurred_at,
        earlier.actor,
        earlier.source,
        earlier.detail_es
    from earlier
    inner join dim_customer on earlier.customer_id = dim_customer.customer_id
    left join present on earlier.stage_id = present.stage_id
    where
        present.stage_id is null
        and split_part(earlier.code, '_', 1) in ('profile', 'verification', 'opportunity', 'registration')
)

select
    present.stage_id,
    present.customer_id,
    present.code,
    present.what_es,
    case when present.is_timeless then coalesce(earlier.occurred_at, present.occurred_at) else present.occurred_at end
        as occurred_at,
    present.actor,
    present.source,
    present.detail_es
from present
inner join dim_customer on present.customer_id = dim_customer.customer_id
left join earlier on present.stage_id = earlier.stage_id
union all
select
    past.stage_id,
    past.customer_id,
    past.code,
    past.what_es,
    past.occurred_at,
    past.actor,
    past.source,
    past.detail_es
from past
