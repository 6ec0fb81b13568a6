"""How the account record is laid out: which columns stand together, which are never shown.

Only an order and a few groups: labels come from the metadata, and columns nobody listed appear under "Otros datos".
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """A block of columns on the record."""

    title: str
    columns: tuple[str, ...]


ACCOUNT_GROUPS = (
    Group(
        "Identificación",
        (
            "name",
            "pc_tradename",
            "pc_nit",
            "pc_nitstatus",
            "pc_taxid",
            "accountnumber",
            "pc_ruesstatus",
            "pc_ciiu",
            "industrycode",
            "pc_sector",
            "pc_size",
            "numberofemployees",
        ),
    ),
    Group(
        "Contacto y ubicación",
        (
            "telephone1",
            "telephone2",
            "emailaddress1",
            "websiteurl",
            "address1_line1",
            "address1_line2",
            "address1_city",
            "address1_stateorprovince",
            "address1_country",
            "address1_postalcode",
        ),
    ),
    Group(
        "Comercio exterior",
        (
            "pc_yearsexporting",
            "pc_exportmarkets",
            "pc_targetmarkets",
            "pc_languages",
            "revenue",
        ),
    ),
    Group(
        "Relación con la agencia",
        (
            "customertypecode",
            "pc_profilestatus",
            "pc_origin",
            "primarycontactid",
            "parentaccountid",
            "territoryid",
            "pc_sources",
            "pc_portalid",
            "pc_hubid",
            "createdon",
            "createdby",
            "description",
        ),
    ),
)

# Sections of custom tables that come first, in this order; the others follow as they were made.
SECTIONS_FIRST = ("pc_offer", "pc_need", "pc_certificate", "pc_exportsummary", "pc_rating")

# Shown in the head of the record or in a section of their own.
ELSEWHERE = frozenset(
    {
        "pc_audience",
        "pc_qualityclass",
        "pc_sarlaftstate",
        "pc_sarlaftsince",
        "pc_qualitymissing",
        "pc_completeness",
        "pc_provenance",
        "pc_nitdv",
        "ownerid",
        "modifiedon",
        "modifiedby",
    }
)

# Plumbing of the platform, of no use to an advisor.
PLUMBING = frozenset(
    {
        "versionnumber",
        "timezoneruleversionnumber",
        "utcconversiontimezonecode",
        "importsequencenumber",
        "overriddencreatedon",
        "owninguser",
        "owningteam",
        "owningbusinessunit",
        "organizationid",
        "createdonbehalfby",
        "modifiedonbehalfby",
        "exchangerate",
        "transactioncurrencyid",
        "statecode",
        "statuscode",
        "address1_composite",
        "address2_composite",
        "address1_addressid",
        "address2_addressid",
        "activitytypecode",
        "objecttypecode",
        "documentbody",
        "merged",
        "isworkflowcreated",
        "isbilled",
        "sortdate",
        "langid",
        "stepid",
        "isdocument",
        "filesize",
    }
)

# Choices that every row gets by default and that say nothing then.
DEFAULTS_ARE_SILENT = frozenset(
    {
        "businesstypecode",
        "accountclassificationcode",
        "accountratingcode",
        "customersizecode",
        "territorycode",
        "shippingmethodcode",
        "preferredcontactmethodcode",
        "salesstagecode",
        "prioritycode",
        "educationcode",
        "haschildrencode",
        "leadsourcecode",
        "pricingerrorcode",
        "opportunityratingcode",
        "severitycode",
        "incidentstagecode",
        "firstresponseslastatus",
        "resolvebyslastatus",
    }
)

# How the provenance text names a value -> the column that holds it, where the column's own label says it differently.
PROVENANCE_NAMES = {
    "razon social": "name",
    "nombre": "name",
    "direccion": "address1_line1",
    "ciudad": "address1_city",
    "municipio": "address1_city",
    "departamento": "address1_stateorprovince",
    "pais": "address1_country",
    "telefono": "telephone1",
    "correo": "emailaddress1",
    "correo electronico": "emailaddress1",
    "sitio web": "websiteurl",
    "identificacion tributaria": "pc_taxid",
    "mercados de interes": "pc_targetmarkets",
    "idiomas": "pc_languages",
}
