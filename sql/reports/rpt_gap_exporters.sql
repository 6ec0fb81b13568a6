-- Exporters that lack exactly one requirement for a need nobody covers: the ones worth a call.
-- Only those that are habilitado today, whatever the matching saw when it ran.
-- grain: exporter x requirement x heading x market · owner: management reports
-- personal data: company names of exporters; buyers only as a count
-- inputs: fct_match, fct_need_coverage, dim_customer, dim_sarlaft_state, requirement_name
with one_item as (
    select
        fct_match.offer_customer_id as customer_id,
        fct_match.missing_items[1] as requirement_code,
        fct_match.need_id,
        fct_match.need_customer_id as buyer_id
    from fct_match
    where fct_match.state = 'discarded' and len(fct_match.missing_items) = 1
)

select
    dim_customer.customer_id,
    coalesce(nullif(dim_customer.legal_name, ''), dim_customer.trade_name) as exporter_name,
    dim_customer.department_code,
    one_item.requirement_code,
    requirement_name.name_es as requirement_name_es,
    fct_need_coverage.heading,
    fct_need_coverage.market,
    fct_need_coverage.sector,
    cast(count(distinct one_item.need_id) as integer) as needs,
    cast(count(distinct one_item.buyer_id) as integer) as buyers
from one_item
inner join requirement_name
    on one_item.requirement_code = requirement_name.requirement_code
inner join fct_need_coverage
    on one_item.need_id = fct_need_coverage.need_id and fct_need_coverage.state = 'unmet'
inner join dim_customer
    on one_item.customer_id = dim_customer.customer_id
inner join dim_sarlaft_state
    on one_item.customer_id = dim_sarlaft_state.customer_id and dim_sarlaft_state.state = 'habilitado'
group by all
order by needs desc, exporter_name, one_item.requirement_code, fct_need_coverage.heading, fct_need_coverage.market
