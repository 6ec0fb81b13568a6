-- Grain: one row per refused registration of an exporter that NEO does not know. Destination: task.
-- The advisor calls within two working days and starts a work plan (E2). Public holidays are not counted.
-- Owner: neo-hub. Personal data: contact data of the person who registered.
-- inputs: fct_registration_decision, stg_portal__registrations, advisor
with refused as (
    select
        fct_registration_decision.*,
        cast(fct_registration_decision.submitted_at at time zone 'America/Bogota' as date) as arrived_on
    from fct_registration_decision
    inner join stg_portal__registrations
        on fct_registration_decision.registration_id = stg_portal__registrations.registration_id
    where
        fct_registration_decision.decision = 'refuse'
        and stg_portal__registrations.audience = 'exporter'
        and fct_registration_decision.neo_account_id is null
),

dated as (
    select
        refused.*,
        -- Two working days later: Monday to Wednesday stay in the week, the others cross a weekend.
        refused.arrived_on + case isodow(refused.arrived_on)
            when 4 then 4
            when 5 then 4
            when 6 then 3
            else 2
        end as due_on
    from refused
)

select
    {{ hub_key("'REG-' || dated.registration_id") }} as row_key,
    left('Llamar a ' || dated.company_name || ': quiere exportar y todavía no es cliente', 200) as subject,
    concat_ws(
        chr(10),
        'La empresa se registró en el portal y no está en NEO. Llámela, conózcala y comience su plan de trabajo.',
        'Contacto: ' || concat_ws(', ', dated.contact_name, dated.contact_phone, dated.contact_email),
        'Lo que ofrece: ' || dated.product_text,
        'NIT: ' || dated.nit
    ) as description,
    (cast(dated.due_on as timestamp) + interval 17 hour) at time zone 'America/Bogota' as scheduledend,
    2 as prioritycode,
    'Registro en el portal' as category,
    'lead:' || {{ hub_key("dated.registration_id") }} as regardingobjectid_lead_task,
    'systemuser#' || advisor.systemuserid as ownerid
from dated
left join advisor on lower(dated.advisor_id) = advisor.advisor_id
