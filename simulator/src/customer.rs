//! The people who write to the business.
//!
//! Invariant: everyone has a business-scoped user id; the phone number may be hidden.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::dice::Dice;

/// A customer's phone. Cheap to clone; after an id update take the one that the update returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Customer {
    #[serde(skip)]
    pub(crate) id: usize,
    /// The phone number, digits only; none for a customer who goes by a username.
    pub wa_id: Option<String>,
    /// The business-scoped user id.
    pub user_id: String,
    /// The profile name.
    pub name: String,
}

#[derive(Default)]
pub(crate) struct People {
    all: Vec<Customer>,
    by_phone: HashMap<String, usize>,
    by_user_id: HashMap<String, usize>,
    /// Names that were given up, until somebody new has them.
    given_up: HashSet<String>,
}

impl People {
    /// The customer with this number or id, made when there is none.
    pub(crate) fn find_or_make(
        &mut self,
        wa_id: Option<&str>,
        user_id: Option<&str>,
        name: &str,
        dice: &Dice,
    ) -> Customer {
        let wa_id = wa_id.map(digits);
        let known = user_id
            .and_then(|id| self.by_user_id.get(id))
            .or_else(|| wa_id.as_ref().and_then(|phone| self.by_phone.get(phone)));
        if let Some(known) = known.and_then(|id| self.all.get_mut(*id)) {
            if !name.is_empty() {
                known.name = name.into();
            }
            return known.clone();
        }
        let wa_id = match (&wa_id, user_id) {
            (None, None) => Some(format!("1650{}", dice.digits(7))),
            _ => wa_id,
        };
        let user_id = user_id.map_or_else(|| format!("US.{}", dice.digits(20)), str::to_owned);
        let name = match name {
            "" => wa_id.clone().unwrap_or_else(|| "WhatsApp user".into()),
            given => given.to_owned(),
        };
        let made = Customer { id: self.all.len(), wa_id, user_id, name };
        self.given_up.remove(&made.user_id);
        if let Some(phone) = &made.wa_id {
            self.given_up.remove(phone);
            self.by_phone.insert(phone.clone(), made.id);
        }
        self.by_user_id.insert(made.user_id.clone(), made.id);
        self.all.push(made.clone());
        made
    }

    /// The customer as known now.
    pub(crate) fn now(&self, customer: &Customer) -> Customer {
        self.all.get(customer.id).unwrap_or(customer).clone()
    }

    pub(crate) fn by_id(&self, id: usize) -> Option<Customer> {
        self.all.get(id).cloned()
    }

    /// Whether this phone number or user id was somebody's and is nobody's now.
    pub(crate) fn is_given_up(&self, name: &str) -> bool {
        self.given_up.contains(name)
    }

    pub(crate) fn set_user_id(&mut self, customer: &Customer, user_id: &str) -> Customer {
        if let Some(known) = self.all.get_mut(customer.id) {
            self.by_user_id.remove(&known.user_id);
            self.given_up.insert(known.user_id.clone());
            self.given_up.remove(user_id);
            self.by_user_id.insert(user_id.into(), known.id);
            known.user_id = user_id.into();
        }
        self.now(customer)
    }

    pub(crate) fn set_phone(&mut self, customer: &Customer, wa_id: &str) -> Customer {
        if let Some(known) = self.all.get_mut(customer.id) {
            if let Some(old) = known.wa_id.replace(wa_id.into()) {
                self.by_phone.remove(&old);
                self.given_up.insert(old);
            }
            self.given_up.remove(wa_id);
            self.by_phone.insert(wa_id.into(), known.id);
        }
        self.now(customer)
    }
}

/// A phone number as Meta keeps it.
pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_found_by_either_name_and_made_once() {
        let (mut people, dice) = (People::default(), Dice::new(1));
        let ada = people.find_or_make(Some("+1 650 555 1234"), None, "Ada", &dice);
        assert_eq!(ada.wa_id.as_deref(), Some("16505551234"));
        assert_eq!(people.find_or_make(Some("16505551234"), None, "", &dice), ada);
        assert_eq!(people.find_or_make(None, Some(&ada.user_id), "", &dice), ada);
        let hidden = people.find_or_make(None, Some("TW.1"), "Lin", &dice);
        assert_eq!((hidden.wa_id.as_deref(), hidden.id), (None, 1));
        assert!(people.find_or_make(None, None, "", &dice).wa_id.is_some());
        let renamed = people.set_user_id(&hidden, "TW.2");
        assert_eq!(people.find_or_make(None, Some("TW.2"), "", &dice), renamed);
        assert_eq!(people.now(&hidden), renamed);
        assert!(people.is_given_up("TW.1") && !people.is_given_up("TW.2"));
        assert_ne!(people.find_or_make(None, Some("TW.1"), "Wu", &dice), renamed);
        assert!(!people.is_given_up("TW.1"), "somebody new has it");
    }
}
