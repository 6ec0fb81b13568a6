-- The exporter's guide for the workbook: what each exporter lacks, market by market, mandatory steps only.
-- grain: exporter x market x requirement · owner: management reports · personal data: company names of exporters
-- inputs: fct_exporter_guide, dim_customer, dim_sarlaft_state
select
    coalesce(nullif(dim_customer.legal_name, ''), dim_customer.trade_name) as exporter_name,
    dim_customer.department_code,
    coalesce(dim_customer.sector, '') as sector,
    fct_exporter_guide.market,
    fct_exporter_guide."order" as step,
    fct_exporter_guide.requirement_code,
    fct_exporter_guide.name_es,
    fct_exporter_guide.authority,
    fct_exporter_guide.why_es
from fct_exporter_guide
inner join dim_customer
    on fct_exporter_guide.customer_id = dim_customer.customer_id
inner join dim_sarlaft_state
    on fct_exporter_guide.customer_id = dim_sarlaft_state.customer_id and dim_sarlaft_state.state = 'habilitado'
where fct_exporter_guide.level = 'mandatory'
order by exporter_name, dim_customer.customer_id, fct_exporter_guide.market, fct_exporter_guide."order"
