package main

import "golang.org/x/sys/windows"

// systemSays is what the system says of a drive in trouble.
var systemSays = map[string]error{
	"full": windows.ERROR_DISK_FULL, "read-only": windows.ERROR_WRITE_PROTECT,
	"removed": windows.ERROR_DEVICE_NOT_CONNECTED, "failing": windows.ERROR_IO_DEVICE,
}
