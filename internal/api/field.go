package api

import (
	"reflect"
	"strings"
	"sync"
)

// field is what the tags of a struct's field say of a member: json its name and whether it may be absent, doc what it is,
// example one, pattern and format its form. Reading, the schemas and the docs page all go by these.
type field struct {
	name     string
	optional bool
	doc      string
	example  string
	pattern  string
	format   string
	of       reflect.Type
}

var fieldsKnown sync.Map // reflect.Type to []field

// fieldsOf lists the members of a struct, in its order. Fields that are not exported are no members, and come last.
func fieldsOf(t reflect.Type) []field {
	if known, ok := fieldsKnown.Load(t); ok {
		return known.([]field)
	}
	var fields []field
	for f := range t.Fields() {
		if !f.IsExported() {
			break
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields = append(fields, field{
			name: name, optional: strings.HasPrefix(options, "omit"), of: f.Type,
			doc: f.Tag.Get("doc"), example: f.Tag.Get("example"), pattern: f.Tag.Get("pattern"), format: f.Tag.Get("format"),
		})
	}
	fieldsKnown.Store(t, fields)
	return fields
}

// fieldNamed finds a member by its exact name; -1 when there is none.
func fieldNamed(fields []field, name string) int {
	for i, f := range fields {
		if f.name == name {
			return i
		}
	}
	return -1
}
