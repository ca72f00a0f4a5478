//go:build ignore

// Command universal makes one program for macOS of several, each for another processor:
//
//	go run .ci/release.d/universal.go OUT PROGRAM...
//
// Such a file is a table followed by the programs as they are, their signatures with them
// (<mach-o/fat.h> of macOS). What was written is read back.
package main

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"fmt"
	"os"
)

// align is the power of two at whose multiples programs begin: 16 KiB, Apple's pages.
const align = 14

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: universal OUT PROGRAM...")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "universal:", err)
		os.Exit(1)
	}
}

func write(out string, paths []string) error {
	table := []uint32{macho.MagicFat, uint32(len(paths))}
	body := make([]byte, 1<<align) // the table's place
	for _, path := range paths {
		program, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		head, err := macho.NewFile(bytes.NewReader(program))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		table = append(table, uint32(head.Cpu), head.SubCpu, uint32(len(body)), uint32(len(program)), align)
		body = append(body, program...)
		body = append(body, make([]byte, -len(body)&(1<<align-1))...)
	}
	if _, err := binary.Encode(body, binary.BigEndian, table); err != nil {
		return err
	}
	if err := os.WriteFile(out, body, 0o755); err != nil {
		return err
	}
	return readBack(out, paths)
}

// readBack compares the programs in a file with those that it was made of.
func readBack(out string, paths []string) error {
	all, err := macho.OpenFat(out)
	if err != nil {
		return err
	}
	defer all.Close()
	body, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	for i, path := range paths {
		program, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		a := all.Arches[i]
		if !bytes.Equal(body[a.Offset:a.Offset+a.Size], program) {
			return fmt.Errorf("%s is not in %s as it is", path, out)
		}
	}
	return nil
}
