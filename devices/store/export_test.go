package store

import "database/sql"

// Writing gives tests the connection that writes.
func (s *SQLite) Writing() *sql.DB { return s.write }
