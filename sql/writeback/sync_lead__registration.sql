-- Grain: one row per registration of a company that NEO does not know and that has an advisor to care for it:
-- refused exporters (a courteous no from the portal, a lead to call, E2) and accepted buyers (their origin kept, B1).
-- Destination: lead. A buyer gets its account when its company appears on the portal.
-- Owner: neo-hub. Personal data: contact data of the person who registered.
-- inputs: fct_registration_decision, stg_portal__registrations, advisor
select
    {{ hub_key("fct_registration_decision.registration_id") }} as row_key,
    left(
        case
            when stg_portal__registrations.audience = 'buyer' then 'Comprador nuevo: '
            else 'Quiere exportar: '
        end || fct_registration_decision.company_name, 300
    ) as subject,
    left(fct_registration_decision.company_name, 100) as companyname,
    left(coalesce(fct_registration_decision.contact_name, fct_registration_decision.company_name), 50) as lastname,
    fct_registration_decision.contact_email as emailaddress1,
    fct_registration_decision.contact_phone as telephone1,
    concat_ws(
        chr(10),
        case
            when stg_portal__registrations.audience = 'buyer'
                then 'Se registró en el portal como comprador y fue aceptado; todavía no tiene cuenta.'
            else 'Se registró en el portal y todavía no es cliente de la agencia.'
        end,
        case
            when stg_portal__registrations.audience = 'buyer' then 'Lo que busca: '
            else 'Lo que ofrece: '
        end || fct_registration_decision.product_text,
        'NIT: ' || fct_registration_decision.nit,
        'Oficina: ' || fct_registration_decision.office_slug
    ) as description,
    -- NEO's own list of lead sources.
    case fct_registration_decision.origin
        when 'fair' then 7
        when 'referral' then 3
        when 'programme' then 4
        when 'database' then 10
        else 8
    end as leadsourcecode,
    {{ option("pc_audience", "stg_portal__registrations.audience") }} as pc_audience,
    fct_registration_decision.nit as pc_nit,
    fct_registration_decision.country as pc_country,
    fct_registration_decision.sector as pc_sector,
    fct_registration_decision.department_code as pc_departmentcode,
    fct_registration_decision.office_slug as pc_office,
    {{ option("pc_origin", "fct_registration_decision.origin") }} as pc_origin,
    fct_registration_decision.registration_id as pc_registrationid,
    {{ option("pc_decision", "fct_registration_decision.decision") }} as pc_decision,
    fct_registration_decision.submitted_at as pc_arrivedat,
    'systemuser#' || advisor.systemuserid as ownerid
from fct_registration_decision
inner join stg_portal__registrations
    on fct_registration_decision.registration_id = stg_portal__registrations.registration_id
left join advisor on lower(fct_registration_decision.advisor_id) = advisor.advisor_id
where
    fct_registration_decision.neo_account_id is null
    and (
        (fct_registration_decision.decision = 'refuse' and stg_portal__registrations.audience = 'exporter')
        or (
            fct_registration_decision.decision = 'accept'
            and fct_registration_decision.customer_id is null
            and stg_portal__registrations.audience = 'buyer'
        )
    )
