"""What catalogues and machines are told of the data: ISO 19115-3, DCAT-AP, Table Schema."""
