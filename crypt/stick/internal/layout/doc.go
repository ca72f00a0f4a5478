// Package layout says where things are on a stick: FORMAT.md, "Files".
package layout
