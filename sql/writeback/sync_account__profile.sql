-- Grain: one row per customer that belongs in NEO. Destination: account.
-- The golden record without its onboarding state, which has a model of its own.
-- Owner: neo-hub. Personal data: contact data of companies.
-- inputs: dim_customer, fct_customer_field, belonging, in_review
with fields (place, field, column_name, label_es) as (
    values
    (1, 'legal_name', 'name', 'Razón social'),
    (2, 'trade_name', 'pc_tradename', 'Nombre comercial'),
    (3, 'nit', 'pc_nit', 'NIT'),
    (4, 'tax_id', 'pc_taxid', 'Identificación tributaria'),
    (5, 'country', 'address1_country', 'País'),
    (6, 'department_code', 'address1_stateorprovince', 'Departamento'),
    (7, 'city_code', 'address1_city', 'Ciudad'),
    (8, 'address', 'address1_line1', 'Dirección'),
    (9, 'phone', 'telephone1', 'Teléfono'),
    (10, 'email', 'emailaddress1', 'Correo'),
    (11, 'website', 'websiteurl', 'Sitio web'),
    (12, 'sector', 'pc_sector', 'Sector'),
    (13, 'ciiu', 'pc_ciiu', 'Actividad CIIU'),
    (14, 'size', 'pc_size', 'Tamaño'),
    (15, 'rues_status', 'pc_ruesstatus', 'Estado en el RUES'),
    (16, 'languages', 'pc_languages', 'Idiomas'),
    (17, 'target_markets', 'pc_targetmarkets', 'Mercados de interés'),
    (18, 'export_markets', 'pc_exportmarkets', 'Mercados a los que exporta')
),

seen as (
    select
        fct_customer_field.customer_id,
        fields.place,
        fields.column_name,
        fields.label_es,
        fct_customer_field.source,
        fct_customer_field.observed_at,
        (
            fct_customer_field.source = 'neo'
            and fct_customer_field.source_key = dim_customer.neo_account_id
        ) as is_from_neo,
        case fct_customer_field.source
            when 'rues' then 'RUES'
            when 'neo' then 'NEO'
            when 'portal' then 'Portal'
            when 'portal_registration' then 'Registro en el portal'
            else fct_customer_field.source
        end as source_es
    from fct_customer_field
    inner join fields on fct_customer_field.field = fields.field
    inner join dim_customer on fct_customer_field.customer_id = dim_customer.customer_id
    where fct_customer_field.value is not null
),

provenance as (
    select
        seen.customer_id,
        string_agg(
            seen.label_es || ': ' || seen.source_es
            || case
                when seen.observed_at is null then ''
                else ', ' || strftime(seen.observed_at at time zone 'America/Bogota', '%Y-%m-%d')
            end,
            chr(10) order by seen.place
        ) as lines_es,
        to_json(
            map_from_entries(
                list((seen.column_name, strftime(seen.observed_at, '%Y-%m-%dT%H:%M:%SZ')) order by seen.place)
            )
        )::varchar as observed,
        -- What the golden record took from this very account is NEO's own: its spelling there stands.
        to_json(list(seen.column_name order by seen.place) filter (where seen.is_from_neo))::varchar as from_neo
    from seen
    group by seen.customer_id
)

select
    dim_customer.customer_id as row_key,
    dim_customer.neo_account_id as neo_id,
    case
        when in_review.customer_id is not null then 'candidate_in_review'
        when coalesce(dim_customer.legal_name, dim_customer.trade_name) is null then 'no_name'
    end as hold_code,
    case
        when in_review.customer_id is not null then 'puede ser una cuenta que ya existe; espera que alguien lo decida'
        when coalesce(dim_customer.legal_name, dim_customer.trade_name) is null then 'no tiene nombre todavía'
    end as hold_es,
    provenance.observed,
    provenance.from_neo,
    coalesce(dim_customer.legal_name, dim_customer.trade_name) as name,
    dim_customer.trade_name as pc_tradename,
    dim_customer.nit || coalesce('-' || dim_customer.nit_dv, '') as accountnumber,
    dim_customer.nit as pc_nit,
    dim_customer.nit_dv as pc_nitdv,
    {{ option("pc_nitstatus", "dim_customer.nit_status") }} as pc_nitstatus,
    {{ option("pc_audience", "dim_customer.audience") }} as pc_audience,
    dim_customer.tax_id as pc_taxid,
    dim_customer.phone as telephone1,
    dim_customer.email as emailaddress1,
    dim_customer.website as websiteurl,
    dim_customer.address as address1_line1,
    dim_customer.city_name as address1_city,
    reference_department.name as address1_stateorprovince,
    reference_country.name_es as address1_country,
    dim_customer.sector as pc_sector,
    dim_customer.ciiu as pc_ciiu,
    dim_customer.department_code as pc_departmentcode,
    dim_customer.city_code as pc_citycode,
    {{ option("pc_size", "dim_customer.size") }} as pc_size,
    dim_customer.rues_status as pc_ruesstatus,
    dim_customer.years_exporting as pc_yearsexporting,
    array_to_string(dim_customer.languages, ', ') as pc_languages,
    array_to_string(dim_customer.target_markets, ', ') as pc_targetmarkets,
    array_to_string(dim_customer.export_markets, ', ') as pc_exportmarkets,
    {{ option("pc_profilestatus", "dim_customer.profile_status") }} as pc_profilestatus,
    {{ option("pc_origin", "dim_customer.origin") }} as pc_origin,
    dim_customer.completeness * 100 as pc_completeness,
    {{ option("pc_qualityclass", "dim_customer.quality_class") }} as pc_qualityclass,
    array_to_string(dim_customer.quality_missing, chr(10)) as pc_qualitymissing,
    dim_customer.portal_company_id as pc_portalid,
    provenance.lines_es as pc_provenance,
    array_to_string(dim_customer.sources, ', ') as pc_sources
from dim_customer
inner join belonging on dim_customer.customer_id = belonging.customer_id
left join in_review on dim_customer.customer_id = in_review.customer_id
left join provenance on dim_customer.customer_id = provenance.customer_id
left join reference_country on dim_customer.country = reference_country.iso2
left join reference_department on dim_customer.department_code = reference_department.code
