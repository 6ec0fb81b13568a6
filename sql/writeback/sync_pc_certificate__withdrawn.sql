-- Grain: one row per certificate in NEO that is no longer declared. Destination: pc_certificate, closed.
-- Owner: neo-hub. Personal data: none.
-- mode: update
-- inputs: stg_portal__offers, stg_neo__pc_certificate
with declared as (
    select
        stg_portal__offers.offer_id,
        unnest(stg_portal__offers.certificates) as certificate
    from stg_portal__offers
),

keyed as (
    select distinct {{ hub_key("declared.offer_id || '|' || declared.certificate.code") }} as hub_key
    from declared
    where declared.certificate.code is not null
)

select
    stg_neo__pc_certificate.pc_hubid as row_key,
    1 as statecode
from stg_neo__pc_certificate
left join keyed on stg_neo__pc_certificate.pc_hubid = keyed.hub_key
where
    stg_neo__pc_certificate.pc_hubid is not null
    and keyed.hub_key is null
