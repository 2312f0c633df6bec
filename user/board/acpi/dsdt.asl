/* SPDX-License-Identifier: GPL-2.0-only */
/* Power-off and COM1: all that every guest has. */
DefinitionBlock ("", "DSDT", 2, "KVMPNC", "PANICVM", 1)
{
	Name (\_S5, Package () { 0, 0, 0, 0 })

	Scope (\_SB)
	{
		Device (COM1)
		{
			Name (_HID, EisaId ("PNP0501"))
			Name (_UID, 1)
			Name (_STA, 0xF)
			Name (_CRS, ResourceTemplate ()
			{
				IO (Decode16, 0x03F8, 0x03F8, 1, 8)
				IRQNoFlags () { 4 }
			})
		}
	}
}
