package sqlstore

import (
	"context"
	"database/sql"
	"strconv"
)

// Raw is a connection of its own to the file of a SQLite store, set up like the store's.
func Raw(path string) (*sql.DB, error) { return sql.Open("sqlite", dsn(path, defaultWait)) }

// Fill makes the disk full: the database of a SQLite store may grow by so many pages more. Negative: it may grow again.
func Fill(s *Store, pages int) error {
	db := s.db.(*sqliteDB)
	return db.writer.do(context.Background(), func(l *link) error {
		limit := 1 << 30
		if pages >= 0 {
			count := query{statement: both("PRAGMA page_count"), each: func(r row) error { return r.Scan(&limit) }}
			if err := l.query(count); err != nil {
				return err
			}
			limit += pages
		}
		set := both("PRAGMA max_page_count = " + strconv.Itoa(limit))
		return l.query(query{statement: set, each: func(row) error { return nil }})
	})
}
