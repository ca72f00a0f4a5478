package store

import "database/sql"

// Writing gives tests the connection that writes.
func (s *SQLite) Writing() *sql.DB { return s.write }

// CheckLog looks for damage to the log of changes of a register.
var CheckLog = checkLog
