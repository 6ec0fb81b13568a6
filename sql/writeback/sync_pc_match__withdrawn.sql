-- Grain: one row per match in NEO that no longer exists (its need or offer left). Destination: pc_match, closed.
-- Owner: neo-hub. Personal data: none.
-- mode: update
-- inputs: fct_match, stg_neo__pc_match
select
    stg_neo__pc_match.pc_hubid as row_key,
    1 as statecode
from stg_neo__pc_match
left join fct_match on stg_neo__pc_match.pc_hubid = fct_match.match_id
where
    stg_neo__pc_match.pc_hubid is not null
    and fct_match.match_id is null
