-- Grain: one row per requirement in NEO that the sheet no longer has. Destination: pc_requirement, closed.
-- Owner: neo-hub. Personal data: none.
-- mode: update
-- inputs: ref_requirement, stg_neo__pc_requirement
with keyed as (
    select {{ hub_key("ref_requirement.requirement_key") }} as hub_key
    from ref_requirement
)

select
    stg_neo__pc_requirement.pc_hubid as row_key,
    1 as statecode
from stg_neo__pc_requirement
left join keyed on stg_neo__pc_requirement.pc_hubid = keyed.hub_key
where
    stg_neo__pc_requirement.pc_hubid is not null
    and keyed.hub_key is null
