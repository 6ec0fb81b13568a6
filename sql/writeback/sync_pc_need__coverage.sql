-- Grain: one row per need whose coverage was judged. Destination: pc_need.
-- Owner: neo-hub. Personal data: none.
-- mode: update
-- inputs: fct_need_coverage
select
    fct_need_coverage.need_id as row_key,
    {{ option("pc_coverage", "fct_need_coverage.state") }} as pc_coverage,
    {{ option("pc_unmetkind", "fct_need_coverage.unmet_kind") }} as pc_unmetkind,
    fct_need_coverage.eligible_exporters as pc_eligibleexporters
from fct_need_coverage
