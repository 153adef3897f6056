"""Parts of queries that several wings share: leases, counts of rows, numbers of rows."""
