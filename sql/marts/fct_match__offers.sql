-- Offers with what matching may know of their exporter. Paused offers stay: they say why demand goes unmet.
-- grain: one row per offer · owner: matchmaking team · personal data: none (no names, no contacts)
-- inputs: stg_portal__offers, match_party (marts/fct_match__parties)
with offers as (
    select
        offer_id,
        company_id,
        title,
        description,
        kind,
        hs_codes,
        codes_confirmed,
        capacity_value,
        capacity_unit,
        capacity_period,
        price_usd,
        price_unit,
        incoterms,
        lead_time_days,
        min_order,
        certificates,
        excluded_markets,
        status,
        updated_at
    from stg_portal__offers
)

select
    offers.offer_id,
    offers.title,
    offers.description,
    offers.kind,
    offers.hs_codes as codes,
    offers.codes_confirmed,
    offers.capacity_value,
    offers.capacity_unit,
    offers.capacity_period,
    offers.price_usd,
    offers.price_unit,
    offers.incoterms,
    offers.lead_time_days,
    offers.min_order,
    offers.certificates,
    offers.excluded_markets,
    offers.status = 'active' as is_active,
    offers.updated_at,
    match_party.customer_id as party_customer_id,
    match_party.sarlaft_state as party_sarlaft_state,
    match_party.country as party_country,
    match_party.sector as party_sector,
    match_party.size as party_size,
    match_party.profile_status as party_profile_status,
    match_party.quality_class as party_quality_class,
    match_party.completeness as party_completeness,
    match_party.languages as party_languages,
    match_party.target_markets as party_target_markets,
    match_party.export_markets as party_export_markets,
    match_party.years_exporting as party_years_exporting,
    match_party.has_consent as party_has_consent
from offers
left join match_party
    on offers.company_id = match_party.company_id
order by offers.offer_id
