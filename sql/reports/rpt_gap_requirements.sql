-- Requirements that keep demand from supply: what they block, what each opens alone, their step in the plan.
-- grain: requirement · owner: management reports · personal data: none
-- inputs: fct_requirement_unlock
select
    requirement_code,
    name_es,
    blocked_usd,
    sole_usd,
    exporters,
    needs,
    sole_needs,
    plan_order,
    cumulative_usd,
    cumulative_cost_usd
from fct_requirement_unlock
order by sole_usd desc nulls last, blocked_usd desc nulls last, needs desc, requirement_code
