-- What matching may know of the company behind a need or an offer: its golden record and its SARLAFT state.
-- grain: one row per portal company · owner: matchmaking team · personal data: none (no names, no contacts)
select
    int_customer_xref.source_key as company_id,
    dim_customer.customer_id,
    dim_sarlaft_state.state as sarlaft_state,
    dim_customer.country,
    dim_customer.sector,
    dim_customer.size,
    dim_customer.profile_status,
    dim_customer.quality_class,
    dim_customer.completeness,
    dim_customer.languages,
    dim_customer.target_markets,
    dim_customer.export_markets,
    dim_customer.years_exporting,
    dim_customer.consent_marketing as has_consent
from int_customer_xref
inner join dim_customer
    on int_customer_xref.hub_id = dim_customer.customer_id
left join dim_sarlaft_state
    on dim_customer.customer_id = dim_sarlaft_state.customer_id
where int_customer_xref.source = 'portal'
