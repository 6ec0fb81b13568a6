-- Grain: one row per requirement of a market and product line. Destination: pc_requirement.
-- Owner: neo-hub. Personal data: none.
-- inputs: ref_requirement
select
    {{ hub_key("ref_requirement.requirement_key") }} as row_key,
    left(ref_requirement.name_es, 200) as pc_name,
    left(ref_requirement.name_en, 200) as pc_nameen,
    ref_requirement.requirement_code as pc_code,
    ref_requirement.market_iso2 as pc_market,
    ref_requirement.hs_prefix as pc_line,
    {{ option("pc_requirementlevel", "ref_requirement.level") }} as pc_level,
    ref_requirement.authority as pc_authority,
    left(ref_requirement.source, 400) as pc_source,
    ref_requirement.condition as pc_condition,
    ref_requirement.valid_from as pc_validfrom,
    ref_requirement.valid_to as pc_validto,
    0 as statecode
from ref_requirement
