-- Cells of the demand gap, the most urgent first; cells whose value is withheld come after, by their needs.
-- grain: heading x market x period · owner: management reports · personal data: none
-- inputs: fct_demand_gap, fct_need_coverage
with unmet as (
    select
        heading,
        market,
        period,
        cast(count(*) as integer) as unmet_needs
    from fct_need_coverage
    where state = 'unmet'
    group by heading, market, period
)

select
    fct_demand_gap.gap_id,
    fct_demand_gap.heading,
    coalesce(fct_demand_gap.heading_name_es, '') as heading_name_es,
    coalesce(fct_demand_gap.sector, '') as sector,
    fct_demand_gap.market,
    fct_demand_gap.period,
    fct_demand_gap.needs,
    coalesce(unmet.unmet_needs, 0) as unmet_needs,
    fct_demand_gap.buyers,
    fct_demand_gap.value_usd,
    fct_demand_gap.unmet_value_usd,
    fct_demand_gap.coverage,
    fct_demand_gap.median_age_days,
    fct_demand_gap.top_requirement,
    fct_demand_gap.top_requirement_name_es,
    fct_demand_gap.unlock_usd,
    fct_demand_gap.exporters_one_away,
    fct_demand_gap.priority
from fct_demand_gap
left join unmet
    on
        fct_demand_gap.heading = unmet.heading
        and fct_demand_gap.market = unmet.market
        and fct_demand_gap.period = unmet.period
order by
    fct_demand_gap.priority desc nulls last,
    coalesce(unmet.unmet_needs, 0) desc,
    fct_demand_gap.exporters_one_away desc,
    fct_demand_gap.gap_id
