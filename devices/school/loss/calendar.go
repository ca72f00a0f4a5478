package loss

import (
	"fmt"
	"strings"
	"time"

	"stowage/devices"
)

// Calendar is the end of an incident's 72 hours as an iCalendar file
// (RFC 5545) with alarms 24 and 4 hours before. It names the incident by what is
// given, and nobody: calendars are shared. The text is for whoever reads the
// calendar. The same incident always gives the same UID, so that importing it
// again moves the entry.
func Calendar(i devices.Incident, summary, description string, now time.Time) []byte {
	const stamp = "20060102T150405Z"
	var c calendar
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Stowage//Incident//EN")
	c.line("CALSCALE", "GREGORIAN")
	c.line("METHOD", "PUBLISH")
	c.line("BEGIN", "VEVENT")
	c.line("UID", i.ID+"@stowage")
	c.line("DTSTAMP", now.UTC().Format(stamp))
	c.line("SEQUENCE", fmt.Sprint(i.Version))
	c.line("DTSTART", i.Deadline().UTC().Format(stamp))
	c.line("SUMMARY", calendarText(summary))
	c.line("DESCRIPTION", calendarText(description))
	c.line("CLASS", "CONFIDENTIAL")
	c.line("TRANSP", "TRANSPARENT")
	for _, before := range []string{"-PT24H", "-PT4H"} {
		c.line("BEGIN", "VALARM")
		c.line("ACTION", "DISPLAY")
		c.line("TRIGGER", before)
		c.line("DESCRIPTION", calendarText(summary))
		c.line("END", "VALARM")
	}
	c.line("END", "VEVENT")
	c.line("END", "VCALENDAR")
	return []byte(c.String())
}

// calendar writes content lines.
type calendar struct{ strings.Builder }

// line writes one property, folded after at most 75 bytes as RFC 5545, section
// 3.1, says, and never within a character.
func (c *calendar) line(name, value string) {
	length := 0
	for _, r := range name + ":" + value {
		if size := len(string(r)); length+size > 75 {
			c.WriteString("\r\n ")
			length = 1
		}
		c.WriteRune(r)
		length += len(string(r))
	}
	c.WriteString("\r\n")
}

// calendarText escapes a TEXT value: RFC 5545, section 3.3.11.
func calendarText(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(text)
}
