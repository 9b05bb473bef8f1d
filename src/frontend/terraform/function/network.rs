//! Functions of address ranges.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::datum::Datum;
use super::{Function, known, text_list};

pub(super) const FUNCTIONS: &[Function] = &[
    known("cidrhost", |arguments| {
        let [range, number] = arguments else { return None };
        let range = Range::read(&range.as_text()?)?;
        let number = number.as_number()?.as_whole()?;
        let size = 1_u128.checked_shl(range.width - range.length);
        let offset = match u128::try_from(number) {
            Ok(offset) => offset,
            Err(_) => size?.checked_sub(number.unsigned_abs())?,
        };
        if size.is_some_and(|size| offset >= size) {
            return None;
        }
        Some(Datum::text(Range { base: range.base | offset, ..range }.address()))
    }),
    known("cidrnetmask", |arguments| {
        let [range] = arguments else { return None };
        let range = Range::read(&range.as_text()?).filter(|range| range.width == 32)?;
        let base = range.mask();
        Some(Datum::text(Range { base, ..range }.address()))
    }),
    known("cidrsubnet", |arguments| {
        let [range, bits, number] = arguments else { return None };
        let range = Range::read(&range.as_text()?)?;
        let bits = u32::try_from(bits.as_index()?).ok()?;
        range.part(bits, number.as_index()?.try_into().ok()?).map(|part| Datum::text(part.text()))
    }),
    known("cidrsubnets", |arguments| {
        let (range, bits) = arguments.split_first()?;
        let range = Range::read(&range.as_text()?)?;
        let bits = bits.iter().map(|bits| u32::try_from(bits.as_index()?).ok());
        text_list(range.parts(bits.collect::<Option<Vec<u32>>>()?)?)
    }),
];

/// An address range.
#[derive(Clone, Copy)]
struct Range {
    base: u128,
    length: u32,
    /// How many bits an address has.
    width: u32,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (base, width) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let length: u32 = length.parse().ok().filter(|length| *length <= width)?;
        let range = Self { base, length, width };
        Some(Self { base: base & range.mask(), ..range })
    }

    fn mask(self) -> u128 {
        let all = u128::MAX >> (128 - self.width);
        all & !all.checked_shr(self.length).unwrap_or(0)
    }

    fn address(self) -> String {
        match (self.width, u32::try_from(self.base)) {
            (32, Ok(base)) => Ipv4Addr::from(base).to_string(),
            _ => Ipv6Addr::from(self.base).to_string(),
        }
    }

    fn text(self) -> String {
        format!("{}/{}", self.address(), self.length)
    }

    /// One of the equal parts that so many more bits make.
    fn part(self, bits: u32, number: u128) -> Option<Self> {
        let length = self.length.checked_add(bits).filter(|length| *length <= self.width)?;
        if bits < 128 && number >> bits != 0 {
            return None;
        }
        let shift = self.width - length;
        let base = self.base | number.checked_shl(shift).unwrap_or(0);
        Some(Self { base, length, ..self })
    }

    /// Parts one after the other, each as large as its number of bits says.
    fn parts(self, bits: Vec<u32>) -> Option<Vec<String>> {
        let mut parts = Vec::new();
        let mut next = Some(self.base);
        for bits in bits {
            let length = self.length.checked_add(bits).filter(|length| *length <= self.width)?;
            let size = 1_u128.checked_shl(self.width - length)?;
            let base = next?.checked_next_multiple_of(size)?;
            let part = Self { base, length, ..self };
            if base & self.mask() != self.base {
                return None;
            }
            parts.push(part.text());
            next = base.checked_add(size);
        }
        Some(parts)
    }
}
