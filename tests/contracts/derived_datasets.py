"""Columns of the datasets our stages make, as far as the sync models read them: name -> Arrow schema.

Staged datasets come from their source sheets; these come from code, and the end-to-end run proves that they agree.
"""

import pyarrow as pa

_TEXT, _REAL, _WHOLE, _FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()
_DAY, _INSTANT, _TEXTS = pa.date32(), pa.timestamp("us", "UTC"), pa.list_(pa.string())

_COLUMNS: dict[str, dict[pa.DataType, str]] = {
    "int_customer_xref": {_TEXT: "source source_key hub_id rule evidence_es", _REAL: "confidence"},
    "int_review_pair": {
        _TEXT: "pair_id left_source left_key right_source right_key evidence_es",
        _REAL: "score",
    },
    "dim_customer": {
        _TEXT: "customer_id audience kind legal_name trade_name nit nit_dv nit_status tax_id tax_id_country country "
        "department_code city_code city_name address email phone website sector ciiu size rues_status profile_status "
        "origin quality_class neo_account_id portal_company_id",
        _TEXTS: "languages target_markets export_markets quality_missing neo_duplicate_ids sources",
        _REAL: "completeness",
        _WHOLE: "years_exporting",
        _DAY: "rues_registered_on",
        _FLAG: "consent_marketing is_in_neo",
    },
    "fct_customer_field": {
        _TEXT: "customer_id field value source source_key rule",
        _INSTANT: "observed_at",
        _REAL: "confidence",
    },
    "dim_person": {
        _TEXT: "person_id customer_id full_name first_name last_name email phone document_type document_number "
        "position role country language neo_contact_id portal_contact_id source",
    },
    "fct_sarlaft_case": {
        _TEXT: "case_id subject_id subject_kind customer_id list_code list_entry_id match_level subject_name "
        "matched_name why_es state list_version",
        _REAL: "score",
        _FLAG: "is_binding",
        _INSTANT: "opened_at due_at",
    },
    "dim_sarlaft_state": {_TEXT: "customer_id state lists_as_of", _INSTANT: "since_at"},
    "fct_registration_decision": {
        _TEXT: "registration_id decision customer_id neo_account_id reason_code company_name nit country sector "
        "department_code office_slug advisor_id advisor_email advisor_name message_es message_en product_text "
        "contact_name contact_email contact_phone origin",
        _INSTANT: "submitted_at",
    },
    "ref_requirement": {
        _TEXT: "requirement_key market_iso2 hs_prefix requirement_code name_es name_en level authority source "
        "condition",
        _DAY: "valid_from valid_to",
    },
    "fct_match": {
        _TEXT: "match_id need_id offer_id need_customer_id offer_customer_id heading market state band reasons_es "
        "gates factors input_hash weights_version",
        _REAL: "score score_low score_high confidence",
        _WHOLE: "rank",
        _TEXTS: "missing",
    },
    "fct_need_coverage": {
        _TEXT: "need_id customer_id heading sector market period state unmet_kind missing_sets",
        _REAL: "value_usd",
        _FLAG: "is_imputed",
        _WHOLE: "eligible_exporters",
        _DAY: "opened_on",
    },
    "fct_demand_gap": {
        _TEXT: "gap_id heading heading_name_es sector market period top_requirement top_requirement_name_es",
        _REAL: "value_usd unmet_value_usd coverage median_age_days unlock_usd priority",
        _WHOLE: "needs buyers exporters_one_away",
    },
    "fct_stage": {_TEXT: "stage_id customer_id code what_es actor source detail_es", _INSTANT: "occurred_at"},
}

SCHEMAS: dict[str, pa.Schema] = {
    dataset: pa.schema([(name, kind) for kind, names in columns.items() for name in names.split()])
    for dataset, columns in _COLUMNS.items()
}
