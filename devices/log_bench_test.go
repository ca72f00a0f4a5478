package devices_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"stowage/devices"
)

// BenchmarkVerifyLog computes the hashes of 1,000,000 events anew; run it once
// or a few times.
func BenchmarkVerifyLog(b *testing.B) {
	r := big(b, manyDevices)
	for b.Loop() {
		tree, err := r.VerifyLog(b.Context(), nil, nil)
		if err != nil || tree.Size < manyEvents {
			b.Fatal(tree.Size, err)
		}
	}
}

// BenchmarkTree is what a checkpoint costs.
func BenchmarkTree(b *testing.B) {
	r := big(b, manyDevices)
	for b.Loop() {
		if _, err := r.Tree(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFrontier is what the log adds to the cost of an event, apart from
// storing its hashes.
func BenchmarkFrontier(b *testing.B) {
	var log devices.Frontier
	e := devices.Event{
		Time: monday, Actor: ict, Kind: devices.DeviceSeen, Device: fmt.Sprintf("%036d", 1),
		Body: json.RawMessage(`{"at":"2026-09-07T08:30:00Z","place":"desk 1","sequence":4711,"stick":"s1"}`),
	}
	for b.Loop() {
		e.Number++
		if _, err := log.Add(e); err != nil {
			b.Fatal(err)
		}
	}
}
