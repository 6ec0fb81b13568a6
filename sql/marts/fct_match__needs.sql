-- Open needs with what matching may know of their buyer.
-- grain: one row per open need · owner: matchmaking team · personal data: none (no names, no contacts)
-- inputs: stg_portal__needs, match_party (marts/fct_match__parties)
-- A need whose company is not resolved to a customer yet has no customer_id: the stage holds it.
with needs as (
    select
        need_id,
        company_id,
        title,
        description,
        kind,
        hs_codes,
        codes_confirmed,
        market,
        volume_value,
        volume_unit,
        volume_period,
        min_volume,
        target_price_usd,
        price_unit,
        incoterm,
        latest_on,
        certificates_required,
        wishes,
        languages,
        interpreter_ok,
        value_usd_year,
        created_at,
        updated_at
    from stg_portal__needs
    where status = 'open'
)

select
    needs.need_id,
    needs.title,
    needs.description,
    needs.kind,
    needs.hs_codes as codes,
    needs.codes_confirmed,
    needs.market,
    needs.volume_value,
    needs.volume_unit,
    needs.volume_period,
    needs.min_volume,
    needs.target_price_usd,
    needs.price_unit,
    needs.incoterm,
    needs.latest_on,
    needs.certificates_required,
    needs.wishes,
    needs.languages,
    needs.interpreter_ok,
    needs.value_usd_year,
    needs.created_at,
    needs.updated_at,
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
from needs
left join match_party
    on needs.company_id = match_party.company_id
order by needs.need_id
