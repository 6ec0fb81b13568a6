"""The Web API: one module per kind of request. All take an `ApiRequest` and give an `ApiResponse`."""
