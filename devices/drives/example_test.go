package drives_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stowage/devices/drives"
)

// Wait until a stick is plugged in.
func ExampleWatch() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel() // which ends the watch
	for seen := range drives.Watch(ctx, time.Second) {
		for _, d := range seen.Drives {
			fmt.Printf("%s at %s: %d bytes free\n", d.Name(), d.Path, d.Free)
			return
		}
	}
}

// Refuse the system disk when somebody names a path.
func ExampleAt() {
	d, err := drives.At(context.Background(), "/")
	if err == nil {
		err = d.Usable()
	}
	if errors.Is(err, drives.ErrSystem) {
		fmt.Println("not on the system disk")
	}
}

// Make a drive safe to pull out.
func ExampleEject() {
	ctx := context.Background()
	d, err := drives.At(ctx, "/media/ann/WORK")
	if err != nil {
		return
	}
	switch err := drives.Eject(ctx, d); {
	case errors.Is(err, drives.ErrBusy):
		fmt.Println("close the files on it first")
	case err == nil:
		fmt.Println("it can be pulled out")
	}
}
