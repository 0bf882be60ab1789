"""The only speaker of SQL. One module of queries per room of the engine, `tables` for the shape."""
