"""Draw on a sheet in millimetres: type, lines, signs, and what room is left."""
