/* SPDX-License-Identifier: GPL-2.0-only */
/* COM2, of a guest that has a place for its results. */
DefinitionBlock ("", "SSDT", 2, "KVMPNC", "COM2", 1)
{
	Device (\_SB.COM2)
	{
		Name (_HID, EisaId ("PNP0501"))
		Name (_UID, 2)
		Name (_STA, 0xF)
		Name (_CRS, ResourceTemplate ()
		{
			IO (Decode16, 0x02F8, 0x02F8, 1, 8)
			IRQNoFlags () { 3 }
		})
	}
}
