-- Grain: one row per offer that left the portal. Destination: pc_offer, which is closed and not deleted.
-- Owner: neo-hub. Personal data: none.
-- mode: update
-- inputs: stg_portal__offers, stg_neo__pc_offer
select
    stg_neo__pc_offer.pc_hubid as row_key,
    1 as statecode
from stg_neo__pc_offer
left join stg_portal__offers on stg_neo__pc_offer.pc_hubid = stg_portal__offers.offer_id
where
    stg_neo__pc_offer.pc_hubid is not null
    and stg_portal__offers.offer_id is null
