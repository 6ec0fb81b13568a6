-- How past contacts between buyers and exporters ended, for the exporters' track record.
-- A contact counts once somebody judged it or a deal was closed; an answer that never came counts half,
-- for it is not a failure of the match.
-- grain: one row per judged opportunity or expired request · owner: matchmaking team · personal data: none
with exporters as (
    select
        source_key as company_id,
        hub_id as customer_id
    from int_customer_xref
    where source = 'portal'
),

judged as (
    select
        exporter_company_id,
        offer_id,
        cast(updated_at as date) as happened_on,
        coalesce(is_effective, true) as is_effective,
        1.0 as weight,
        stage in ('cierre', 'recepcion') as is_closed_deal
    from stg_portal__opportunities
    where is_effective is not null or stage in ('cierre', 'recepcion')
),

unanswered as (
    select
        exporter_company_id,
        offer_id,
        cast(updated_at as date) as happened_on,
        false as is_effective,
        0.5 as weight,
        false as is_closed_deal
    from stg_portal__contact_requests
    where status = 'expired'
),

contacts as (
    select
        exporter_company_id,
        offer_id,
        happened_on,
        is_effective,
        weight,
        is_closed_deal
    from judged
    union all
    select
        exporter_company_id,
        offer_id,
        happened_on,
        is_effective,
        weight,
        is_closed_deal
    from unanswered
)

select
    exporters.customer_id,
    coalesce(dim_customer.sector, '') as sector,
    contacts.happened_on,
    contacts.is_effective,
    contacts.weight,
    stg_portal__offers.hs_codes[1] as code,
    contacts.is_closed_deal
from contacts
inner join exporters
    on contacts.exporter_company_id = exporters.company_id
inner join dim_customer
    on exporters.customer_id = dim_customer.customer_id
inner join dim_sarlaft_state
    on exporters.customer_id = dim_sarlaft_state.customer_id and dim_sarlaft_state.state = 'habilitado'
left join stg_portal__offers
    on contacts.offer_id = stg_portal__offers.offer_id
where contacts.happened_on is not null
order by exporters.customer_id, contacts.happened_on, contacts.is_effective, code
