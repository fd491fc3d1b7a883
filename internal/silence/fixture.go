package main

import (
	"fmt"
	"slices"
	"testing"

	"twohens/internal/storetest"
)

// fixtures lets a program use what tests start: a PostgreSQL of its own, which goes away with it.
type fixtures struct {
	testing.TB // nil: what a fixture needs of it is below
	cleanups   []func()
}

// missing is what a fixture panics with when it cannot be had.
type missing string

// Helper implements testing.TB.
func (f *fixtures) Helper() {}

// Cleanup implements testing.TB.
func (f *fixtures) Cleanup(do func()) { f.cleanups = append(f.cleanups, do) }

// Fatal implements testing.TB.
func (f *fixtures) Fatal(args ...any) { panic(missing(fmt.Sprint(args...))) }

// Fatalf implements testing.TB.
func (f *fixtures) Fatalf(format string, args ...any) { panic(missing(fmt.Sprintf(format, args...))) }

// Skipf implements testing.TB.
func (f *fixtures) Skipf(format string, args ...any) { panic(missing(fmt.Sprintf(format, args...))) }

// Errorf implements testing.TB.
func (f *fixtures) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// postgres gives the address of an empty database.
func (f *fixtures) postgres() (dsn string, err error) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case missing:
			err = fmt.Errorf("PostgreSQL: %s", fault)
		default:
			panic(fault)
		}
	}()
	return storetest.Postgres(f), nil
}

func (f *fixtures) undo() {
	for _, do := range slices.Backward(f.cleanups) {
		do()
	}
}
