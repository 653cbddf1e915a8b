"""What a GIS reads beside the data: styles, types, a QGIS project with its layouts."""
