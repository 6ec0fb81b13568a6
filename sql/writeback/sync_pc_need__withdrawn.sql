-- Grain: one row per need that left the portal. Destination: pc_need, which is closed and not deleted.
-- Owner: neo-hub. Personal data: none.
-- mode: update
-- inputs: stg_portal__needs, stg_neo__pc_need
select
    stg_neo__pc_need.pc_hubid as row_key,
    1 as statecode
from stg_neo__pc_need
left join stg_portal__needs on stg_neo__pc_need.pc_hubid = stg_portal__needs.need_id
where
    stg_neo__pc_need.pc_hubid is not null
    and stg_portal__needs.need_id is null
