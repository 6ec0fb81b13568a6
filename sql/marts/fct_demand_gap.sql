-- Demand gaps: open demand by heading, market and period, what is unmet of it and what would unlock most.
-- Cells in which every need is covered are no gap; needs without a confirmed code and without supply are
-- left to the advisor. A figure that rests on fewer than min_buyers buyers is withheld: it would be one buyer's.
-- For the same reason coverage is withheld where, with the value beside it, it would tell what few buyers want.
-- grain: heading x market x period · owner: management reports · personal data: none
-- inputs: need_coverage (fct_need_coverage), missing_set (need_id, requirement_code, exporter_id: nearest offers
-- that lack exactly one obtainable requirement), requirement_name, potential (sector, market, potential), heading_name
with needs as (
    select
        need_id,
        customer_id,
        heading,
        sector,
        market,
        period,
        value_usd,
        state,
        opened_on
    from need_coverage
    where state <> 'unconfirmed' and heading <> '' and market <> ''
),

cells as (
    select
        heading,
        market,
        period,
        min(sector) as sector,
        count(*) as needs,
        count(distinct customer_id) as buyers,
        sum(value_usd) as value_usd,
        sum(value_usd) filter (where state = 'covered') as covered_usd,
        sum(value_usd) filter (where state = 'unmet') as unmet_value_usd,
        count(*) filter (where state = 'unmet') as unmet_needs,
        count(distinct customer_id) filter (where state = 'unmet') as unmet_buyers,
        count(distinct customer_id) filter (where state = 'covered') as covered_buyers,
        count(distinct customer_id) filter (where state <> 'covered') as other_buyers,
        count(*) filter (where state <> 'covered') as open_needs,
        median(date_diff('day', opened_on, {{ data_on | literal }})) as median_age_days
    from needs
    group by heading, market, period
),

one_away as (
    select
        needs.heading,
        needs.market,
        needs.period,
        missing_set.requirement_code,
        missing_set.exporter_id,
        needs.need_id,
        needs.customer_id,
        needs.value_usd
    from missing_set
    inner join needs
        on missing_set.need_id = needs.need_id
    where needs.state = 'unmet'
),

near_exporters as (
    select
        heading,
        market,
        period,
        count(distinct exporter_id) as exporters_one_away
    from one_away
    group by heading, market, period
),

unlocked_needs as (
    select distinct
        heading,
        market,
        period,
        requirement_code,
        need_id,
        customer_id,
        value_usd
    from one_away
),

unlocks as (
    select
        heading,
        market,
        period,
        requirement_code,
        sum(value_usd) as unlock_usd,
        count(distinct customer_id) as unlock_buyers
    from unlocked_needs
    group by heading, market, period, requirement_code
),

top_unlock as (
    select
        heading,
        market,
        period,
        requirement_code,
        unlock_usd,
        unlock_buyers
    from unlocks
    qualify row_number() over (
        partition by heading, market, period
        order by unlock_usd desc, requirement_code
    ) = 1
)

select
    cells.heading || '|' || cells.market || '|' || cells.period as gap_id,
    cells.heading,
    heading_name.name_es as heading_name_es,
    cells.sector,
    cells.market,
    cells.period,
    cast(cells.needs as integer) as needs,
    cast(cells.buyers as integer) as buyers,
    case when cells.buyers >= {{ min_buyers | literal }} then round(cells.value_usd, 2) end as value_usd,
    case
        when cells.unmet_needs = 0 then 0.0
        when cells.unmet_buyers >= {{ min_buyers | literal }} then round(cells.unmet_value_usd, 2)
    end as unmet_value_usd,
    case
        when
            cells.value_usd > 0
            and (cells.covered_buyers = 0 or cells.covered_buyers >= {{ min_buyers | literal }})
            and cells.other_buyers >= {{ min_buyers | literal }}
            then round(coalesce(cells.covered_usd, 0) / cells.value_usd, 4)
    end as coverage,
    cells.median_age_days,
    top_unlock.requirement_code as top_requirement,
    requirement_name.name_es as top_requirement_name_es,
    case
        when top_unlock.unlock_buyers >= {{ min_buyers | literal }} then round(top_unlock.unlock_usd, 2)
    end as unlock_usd,
    cast(coalesce(near_exporters.exporters_one_away, 0) as integer) as exporters_one_away,
    case
        when cells.unmet_needs = 0 then 0.0
        when cells.unmet_buyers >= {{ min_buyers | literal }} then round(
            cells.unmet_value_usd
            * coalesce(potential.potential, 1.0)
            * (0.5 + 0.5 * least(1.0, coalesce(near_exporters.exporters_one_away, 0) / cells.unmet_needs)),
            2
        )
    end as priority
from cells
left join near_exporters
    on
        cells.heading = near_exporters.heading
        and cells.market = near_exporters.market
        and cells.period = near_exporters.period
left join top_unlock
    on
        cells.heading = top_unlock.heading
        and cells.market = top_unlock.market
        and cells.period = top_unlock.period
left join requirement_name
    on top_unlock.requirement_code = requirement_name.requirement_code
left join potential
    on
        cells.sector = potential.sector
        and cells.market = potential.market
left join heading_name
    on cells.heading = heading_name.heading
where cells.open_needs > 0
order by gap_id
