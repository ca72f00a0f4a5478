package drives

// registryDepth bounds how deep the registry of devices is followed.
const registryDepth = 64

// parseSerials reads what ioreg(8) prints of the USB devices and all that hangs
// on them, and gives the serial of the nearest USB device above each disk, by
// the disk's name. A list that cannot be read gives none.
func parseSerials(data []byte) map[string]string {
	var devices []any
	if decode(data, &devices) != nil {
		return nil
	}
	serials := map[string]string{}
	for _, d := range devices {
		addSerials(d, "", registryDepth, serials)
	}
	return serials
}

// addSerials walks down from one entry of the registry, below a USB device of
// the given serial.
func addSerials(entry any, serial string, depth int, serials map[string]string) {
	e, ok := entry.(map[string]any)
	if !ok || depth == 0 {
		return
	}
	if _, isDevice := e["idVendor"]; isDevice && e["bInterfaceNumber"] == nil {
		serial = ""
		// The second is the name before macOS 11.
		for _, key := range []string{"kUSBSerialNumberString", "USB Serial Number"} {
			if s, _ := e[key].(string); serial == "" {
				serial = clean(s)
			}
		}
	}
	if name, _ := e["BSD Name"].(string); name != "" && serial != "" {
		serials[name] = serial
	}
	children, _ := e["IORegistryEntryChildren"].([]any)
	for _, child := range children {
		addSerials(child, serial, depth-1, serials)
	}
}
