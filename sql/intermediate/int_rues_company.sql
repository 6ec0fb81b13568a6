-- Rows of the commercial register that may concern a customer, the best one of each tax number first.
-- Grain: one row per registration; choice = 1 is the one that speaks for its NIT (or cédula, for people in trade).
-- Owner: customer_360.
-- Personal data: the legal representative, for screening only.
-- Of a number with several rows (moved chamber, cancelled and born again) the principal registration speaks, then
-- the active one, then the one renewed last, then the one registered last.
-- Inputs besides the register: wanted_nit(base) and wanted_word(name_no, name_length, word) hold what our own records
-- ask for: numbers, and the telling words of names.
with

register as (
    select
        chamber_code,
        registration_no,
        legal_name,
        acronym,
        ltrim(coalesce(nit, ''), '0') as nit_digits,
        case when id_class_code = '01' then ltrim(coalesce(id_number, ''), '0') else '' end as cedula_digits,
        dv,
        ciiu_1,
        registered_on,
        renewed_on,
        category_code,
        status_code,
        status_name,
        rep_id_class,
        rep_id_number,
        rep_name,
        source_updated_at,
        trim(split_part(upper(coalesce(chamber_name, '')), ' PARA ', 1)) as chamber_place
    from stg_rues__companies
),

numbered as (
    select
        register.*,
        coalesce(nullif(nit_digits, ''), nullif(cedula_digits, '')) as base,
        list_filter(
            regexp_split_to_array(lower(strip_accents(coalesce(legal_name, ''))), '[^a-z0-9]+'),
            lambda word: len(word) > 2
        ) as name_words
    from register
),

-- A name is asked for when most of the words asked for are in it, and they are half of it.
named as (
    select
        spelled.chamber_code,
        spelled.registration_no,
        max(spelled.name_length) as row_length,
        max(wanted_word.name_length) as asked_length,
        count(*) as shared
    from (
        select
            chamber_code,
            registration_no,
            len(list_distinct(name_words)) as name_length,
            unnest(list_distinct(name_words)) as word
        from numbered
    ) as spelled
    inner join wanted_word on spelled.word = wanted_word.word
    group by spelled.chamber_code, spelled.registration_no, wanted_word.name_no
    having shared >= 0.6 * asked_length and shared >= 0.5 * row_length
),

wanted as (
    select numbered.*
    from numbered
    where
        numbered.base in (select wanted_nit.base from wanted_nit)
        or (numbered.chamber_code, numbered.registration_no) in (
            select (named.chamber_code, named.registration_no) from named
        )
),

ranked as (
    select
        wanted.*,
        row_number() over (
            partition by coalesce(base, chamber_code || '-' || registration_no)
            order by
                category_code = '01' desc,
                status_code in ('01', '07') desc,
                renewed_on desc nulls last,
                registered_on desc nulls last,
                chamber_code,
                registration_no
        ) as choice
    from wanted
)

select
    chamber_code,
    registration_no,
    legal_name,
    acronym,
    base,
    case
        when nit_digits <> '' and coalesce(dv, '') <> '' then nit_digits || '-' || dv
        else base
    end as full_nit,
    chamber_place,
    ciiu_1,
    registered_on,
    renewed_on,
    status_code,
    status_name,
    rep_id_class,
    rep_id_number,
    rep_name,
    'legal_representative' as rep_role,
    source_updated_at,
    choice
from ranked
order by chamber_code, registration_no
