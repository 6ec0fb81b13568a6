-- Every open need behind the gap report: where it stands and what its nearest supply lacks.
-- grain: one row per need · owner: management reports · personal data: none (buyers only as a number, to be counted)
-- inputs: fct_need_coverage, heading_name
select
    fct_need_coverage.need_id,
    fct_need_coverage.customer_id as buyer_id,
    fct_need_coverage.heading,
    coalesce(heading_name.name_es, '') as heading_name_es,
    coalesce(fct_need_coverage.sector, '') as sector,
    coalesce(fct_need_coverage.market, '') as market,
    fct_need_coverage.value_usd,
    fct_need_coverage.is_imputed,
    fct_need_coverage.state,
    coalesce(fct_need_coverage.unmet_kind, '') as unmet_kind,
    fct_need_coverage.missing_sets,
    fct_need_coverage.eligible_exporters,
    fct_need_coverage.opened_on
from fct_need_coverage
left join heading_name
    on fct_need_coverage.heading = heading_name.heading
order by fct_need_coverage.opened_on, fct_need_coverage.need_id
