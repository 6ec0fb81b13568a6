"""Sandbox NEO: a stand-in for the CRM that speaks the Dataverse Web API and shows the advisor's pages.

Start at `app.create_app`; the folder's README names the parts.
"""
