-- Grain: one row per product, market and period with demand. Destination: pc_demandgap.
-- Owner: neo-hub. Personal data: none.
-- inputs: fct_demand_gap
select
    {{ hub_key("fct_demand_gap.gap_id") }} as row_key,
    left(
        concat_ws(
            ' – ',
            coalesce(fct_demand_gap.heading_name_es, fct_demand_gap.heading),
            coalesce(reference_country.name_es, fct_demand_gap.market),
            fct_demand_gap.period
        ),
        300
    ) as pc_name,
    fct_demand_gap.heading as pc_heading,
    fct_demand_gap.sector as pc_sector,
    fct_demand_gap.market as pc_market,
    fct_demand_gap.period as pc_period,
    fct_demand_gap.needs as pc_needs,
    fct_demand_gap.buyers as pc_buyers,
    fct_demand_gap.value_usd as pc_valueusd,
    fct_demand_gap.unmet_value_usd as pc_unmetvalueusd,
    fct_demand_gap.coverage as pc_coverage,
    fct_demand_gap.median_age_days as pc_medianagedays,
    fct_demand_gap.top_requirement as pc_toprequirement,
    left(fct_demand_gap.top_requirement_name_es, 200) as pc_toprequirementname,
    fct_demand_gap.unlock_usd as pc_unlockusd,
    fct_demand_gap.exporters_one_away as pc_exportersoneaway,
    fct_demand_gap.priority as pc_priority,
    0 as statecode
from fct_demand_gap
left join reference_country on fct_demand_gap.market = reference_country.iso2
