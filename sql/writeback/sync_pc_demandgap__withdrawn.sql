-- Grain: one row per gap in NEO that is no longer computed. Destination: pc_demandgap, closed.
-- Owner: neo-hub. Personal data: none.
-- mode: update
-- inputs: fct_demand_gap, stg_neo__pc_demandgap
with keyed as (
    select {{ hub_key("fct_demand_gap.gap_id") }} as hub_key
    from fct_demand_gap
)

select
    stg_neo__pc_demandgap.pc_hubid as row_key,
    1 as statecode
from stg_neo__pc_demandgap
left join keyed on stg_neo__pc_demandgap.pc_hubid = keyed.hub_key
where
    stg_neo__pc_demandgap.pc_hubid is not null
    and keyed.hub_key is null
